interface Fault {
  ErrorDetail: { ErrorCode: string }
}

interface Input {
  PartitionInputList?: { Values: [string]; StorageDescriptor: { Location: string } }[]
  PartitionsToDelete?: { Values: [string] }[]
}

/** Glue's partitions of one table, by day, behind the names that `@aws-sdk/client-glue` exports. */
export function createGlueDouble(location: string) {
  const partitions = new Map<string, string>()
  const state = { refusal: '' }

  const asked = {
    GetTableCommand: () => ({ Table: { StorageDescriptor: { Location: location } } }),
    BatchCreatePartitionCommand: ({ PartitionInputList = [] }: Input) => {
      const Errors: Fault[] = []
      for (const { Values, StorageDescriptor } of PartitionInputList) {
        const [day] = Values
        if (state.refusal) Errors.push({ ErrorDetail: { ErrorCode: state.refusal } })
        else if (partitions.has(day)) Errors.push({ ErrorDetail: { ErrorCode: 'AlreadyExistsException' } })
        else partitions.set(day, StorageDescriptor.Location)
      }
      return { Errors }
    },
    BatchDeletePartitionCommand: ({ PartitionsToDelete = [] }: Input) => ({
      Errors: PartitionsToDelete.filter(({ Values }) => !partitions.delete(Values[0])).map(() => ({
        ErrorDetail: { ErrorCode: 'EntityNotFoundException' },
      })),
    }),
  }

  const commands = Object.entries(asked).map(([name, answer]) => [
    name,
    class {
      readonly answer: () => object
      constructor(input: Input) {
        this.answer = () => answer(input)
      }
    },
  ])
  class GlueClient {
    async send(command: { answer: () => object }) {
      return command.answer()
    }
  }
  return { partitions, state, exports: { GlueClient, ...Object.fromEntries(commands) } }
}
