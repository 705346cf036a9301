import { Type } from 'typebox'
import { stringEnum } from '../enums.ts'
import { examples } from '../examples.ts'
import { ref } from './schema-parts.ts'

export const Health = Type.Object(
  { status: stringEnum(['ok']) },
  { $id: 'Health', examples: [examples.health] },
)

export const DependencyState = Type.Object(
  {
    state: stringEnum(['up', 'down']),
    latencyMs: Type.Number({
      description: 'Milliseconds until the dependency answered or the check timed out.',
    }),
  },
  { $id: 'DependencyState', examples: [examples.dependency] },
)

export const Dependencies = Type.Object(
  {
    bucket: ref(DependencyState),
    catalog: ref(DependencyState),
    keys: Type.Optional(ref(DependencyState)),
    events: ref(DependencyState),
  },
  { $id: 'Dependencies', examples: [examples.dependencies] },
)

export const Readiness = Type.Object(
  { status: stringEnum(['ready', 'degraded', 'unavailable']), dependencies: ref(Dependencies) },
  { $id: 'Readiness', examples: [examples.readiness] },
)
