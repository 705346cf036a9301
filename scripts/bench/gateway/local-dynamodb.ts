/** dynalite in memory, in a process of its own. */
import { startLocalDynamoDb } from '../../local/start-local-dynamodb.ts'
import { answerQuestions } from '../answer-questions.ts'

const { endpoint } = await startLocalDynamoDb()
answerQuestions(endpoint, {})
