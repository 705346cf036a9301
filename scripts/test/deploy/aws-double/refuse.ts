/** Creates an error that the double returns as a response. */
export function refuse(status: number, code: string, message: string) {
  return Object.assign(new Error(message), { status, code })
}
