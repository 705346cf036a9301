/** `npm run replay`: sends dead letters once more to the topics that they came from. */
import { parseArgs } from 'node:util'
import { topics } from '../core/events/image-events.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { readReplayConfig } from './config.ts'
import { parseSince } from './replay/parse-since.ts'
import { printReplay } from './replay/print-replay.ts'
import { type FoundLetter, replayDeadLetters } from './replay/replay-dead-letters.ts'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'

const usage = `Usage: npm run replay -- [--topic TOPIC] [--since TIME] [--dry-run] [--services]

Sends dead letters once more to the topics that they came from, as they were. Ends when it has reached what was there when it
began. Mend first what made them dead letters, or they will be dead letters again.

  --topic TOPIC  whose dead letters, ${topics.uploadCompleted} by default; the name of a topic of dead letters does too
  --since TIME   all from then on: 2026-11-22T10:00Z, or how long ago: 30m, 2h, 7d
                 by default what came since the last replay
  --dry-run      lists them with their reasons and sends nothing
  --services     to the Kafka of "npm run services -- up"; by default to that of KAFKA_BROKERS and the other
                 settings of Kafka in the environment

The exit code is 0 when all that was found was sent.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      topic: { type: 'string', default: topics.uploadCompleted },
      since: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      services: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const sinceMs = values.since === undefined ? undefined : parseSince(values.since, Date.now())
  const config = readReplayConfig(values.services ? await readServicesEnvironment() : {})
  const logger = createLogger('replay', 'silent')
  const kafka = await connectKafka(config, { clientId: 'hashgate-replay', logger })
  const topic = config.KAFKA_TOPIC_PREFIX + deadLetterTopicOf(values.topic)
  const dryRun = values['dry-run']
  const letters: FoundLetter[] = []
  await replayDeadLetters(kafka, {
    topic,
    dryRun,
    ...(sinceMs !== undefined && { sinceMs }),
    onLetter: (letter) => letters.push(letter),
  })
  return printReplay(letters, { topic, dryRun })
}

function deadLetterTopicOf(topic: string): string {
  return topic.endsWith('.dead-letter') ? topic : `${topic}.dead-letter`
}
