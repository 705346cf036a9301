/**
 * Preloaded into every process that `npm start` spawns: when the parent is gone, however it went, its end of the IPC
 * channel closes, and the child shuts down as if asked to. So no process outlives its starter.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
