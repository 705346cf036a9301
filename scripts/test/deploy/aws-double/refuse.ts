/** The error that the double answers a request with. */
export function refuse(status: number, code: string, message: string) {
  return Object.assign(new Error(message), { status, code })
}
