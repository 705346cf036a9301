import { type FaultLimits, type FaultRun, printFindings, readArguments, runFaultFor } from '../run-fault.ts'
import { formatWebhookFigures, type WebhookFigures } from './webhook-figures.ts'

/**
 * Runs one fault of webhooks or streams, and prints its figures in one line. `--images` and `--seconds` override the limits. The exit
 * code is 0 only if everything expected happened, nothing was lost, and there are no findings.
 */
export function runWebhookFault(
  defaults: FaultLimits,
  scenario: (run: FaultRun) => Promise<WebhookFigures>,
): Promise<void> {
  return runFaultFor(() => ({ limits: readArguments(defaults), scenario }), reportWebhooks)
}

function reportWebhooks(figures: WebhookFigures): boolean {
  printFindings(figures.findings)
  console.log(formatWebhookFigures(figures))
  const { expected, right, lost, findings } = figures
  return right === expected && lost === 0 && findings.length === 0
}
