/** The other end of `start-program.ts`: reports that this process is ready, then answers its questions. */
export function answerQuestions<Ready>(ready: Ready, answers: Record<string, () => unknown>): void {
  process.on('message', async (question: string) => process.send?.(await answers[question]?.()))
  process.once('SIGTERM', () => process.exit())
  // Keeps an otherwise idle process alive as long as questions can come.
  process.channel?.ref()
  process.send?.({ ready })
}
