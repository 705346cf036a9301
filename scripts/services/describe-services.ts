import { describeDynamoDb } from './dynamodb/describe-dynamodb.ts'
import { describeBrokers } from './kafka/describe-brokers.ts'
import { describeRedis } from './redis/describe-redis.ts'
import type { Service } from './service.ts'
import type { ServicesLayout } from './services-layout.ts'
import type { ServicesState } from './services-state.ts'
import { describeVersitygw } from './versitygw/describe-versitygw.ts'

export function describeServices(layout: ServicesLayout, state: ServicesState): Service[] {
  return [
    ...describeBrokers(layout, state),
    describeDynamoDb(layout, state),
    describeVersitygw(layout, state),
    describeRedis(layout, state),
  ]
}

/** @throws Error that lists the known names when a name is unknown */
export function pickServices<T extends { name: string }>(services: T[], names: string[]): T[] {
  const unknown = names.filter((name) => !services.some((service) => service.name === name))
  if (unknown.length > 0) {
    const known = services.map(({ name }) => name).join(', ')
    throw new Error(`Unknown service ${unknown.join(', ')}: the services are ${known}.`)
  }
  return names.length === 0 ? services : services.filter(({ name }) => names.includes(name))
}
