import { Type } from 'typebox'
import { extensibleEnum } from '../enums.ts'
import { examples } from '../examples.ts'
import { problems } from '../problems.ts'
import { keysOf, ref } from './schema-parts.ts'

export const FieldError = Type.Object(
  { field: Type.String({ description: 'Path of the field.' }), message: Type.String() },
  { $id: 'FieldError', examples: [examples.fieldError] },
)

export const ProblemDetails = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: extensibleEnum(keysOf(problems), { description: 'Stable code to branch on.' }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(ref(FieldError), { description: 'The invalid fields.' })),
    requestId: Type.Optional(Type.String({ description: 'Quote it when you report a problem.' })),
  },
  { $id: 'ProblemDetails', description: 'RFC 9457 problem.', examples: [examples.invalidItem] },
)
