import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DependencyUnavailable } from '../errors.ts'

/** The answer. @throws DependencyUnavailable (a retry can help) when DynamoDB does not answer, throttles or fails */
export async function translateErrors<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || isOurMistake(error)) throw error
    throw new DependencyUnavailable('catalog', error)
  }
}

/** The answer, or undefined when the write's condition did not hold. @throws DependencyUnavailable */
export async function undefinedIfConditionFailed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await translateErrors(answer)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

function isOurMistake(error: unknown): boolean {
  return error instanceof Error && ['ValidationException', 'SerializationException'].includes(error.name)
}
