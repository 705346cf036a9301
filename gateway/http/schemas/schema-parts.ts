import { type Static, type TSchema, Type } from 'typebox'

/** A reference to a named schema. */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>(Type.Ref(`${(schema as T & { $id: string }).$id}#`))
}

export const keysOf = <T extends object>(table: T) => Object.keys(table) as [keyof T & string]

export const moment = (description: string) => Type.String({ format: 'date-time', description })

/** `int64`, because generators otherwise use 32 bits, which is too small for 2 GiB. */
export const bytes = (options: object) => Type.Integer({ format: 'int64', minimum: 1, ...options })

export const count = (description: string) => Type.Integer({ minimum: 1, description })

export const pixels = (description: string) => Type.Integer({ minimum: 1, description })
