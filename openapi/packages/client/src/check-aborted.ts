/** @throws the reason of `signal` if it is aborted. React Native has no `throwIfAborted`, and its signals have no reason */
export function checkAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw abortReason(signal)
}

export function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason ?? new Error('The operation was aborted.')
}
