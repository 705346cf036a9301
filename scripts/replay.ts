/** `npm run replay`: sends dead letters back to their original topics. */
import { parseArgs } from 'node:util'
import { topics } from '../core/events/image-events.ts'
import { readReplayConfig } from './config.ts'
import { connectCommandToKafka } from './connect-kafka.ts'
import { parseSince } from './replay/parse-since.ts'
import { printReplay } from './replay/print-replay.ts'
import { type FoundLetter, replayDeadLetters } from './replay/replay-dead-letters.ts'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'

const usage = `Usage: npm run replay -- [--topic TOPIC] [--since TIME] [--dry-run] [--services]

Sends dead letters back to their original topics, unchanged. Stops at the last message that was on the topic when the command
started. Fix the cause first; otherwise the messages become dead letters again.

  --topic TOPIC  original topic, ${topics.uploadCompleted} by default, or its dead-letter topic
  --since TIME   replay all dead letters since a time such as 2026-11-22T10:00Z, or since 30m, 2h or 7d ago;
                 by default those since the last replay
  --dry-run      list the dead letters with their reasons without sending them
  --services     use the Kafka cluster of "npm run services -- up"; by default the one of KAFKA_BROKERS and the other
                 Kafka settings in the environment

The exit code is 0 if all dead letters found were sent.`

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
  const kafka = await connectCommandToKafka(config, 'replay')
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
