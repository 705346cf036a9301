/**
 * Preloaded into every process that `npm start` spawns. When the parent exits for any reason, the IPC channel closes and
 * the child shuts down as on SIGTERM, so that no child outlives its parent.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
