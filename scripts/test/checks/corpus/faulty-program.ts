/** A stand-in for the processor's program, which does what the path it is sent says. */
process.on('message', (file: string) => {
  if (file === 'crash') process.exit(7)
  if (file === 'ready') process.send?.({ outcome: 'ready', width: process.pid })
})
process.send?.('ready')
