import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type Dependency, DependencyUnavailable } from '../errors.ts'

/** Resolves with the response. @throws DependencyUnavailable (a retry can help) when DynamoDB is unreachable, throttles or fails */
export async function translateErrors<T>(
  response: Promise<T>,
  dependency: Dependency = 'catalog',
): Promise<T> {
  try {
    return await response
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || isInvalidRequest(error)) throw error
    throw new DependencyUnavailable(dependency, error)
  }
}

/** Resolves with the response, or undefined when the condition of the write did not hold. @throws DependencyUnavailable */
export async function undefinedIfConditionFailed<T>(
  response: Promise<T>,
  dependency?: Dependency,
): Promise<T | undefined> {
  try {
    return await translateErrors(response, dependency)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

function isInvalidRequest(error: unknown): boolean {
  return error instanceof Error && ['ValidationException', 'SerializationException'].includes(error.name)
}
