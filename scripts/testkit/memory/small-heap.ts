/**
 * Node.js options for a process whose memory is measured. On a machine with much memory, V8 lets garbage grow to over 100 MB before it
 * collects it. A small heap limits that.
 */
export const smallHeap = ['--max-old-space-size=256', '--max-semi-space-size=8']
