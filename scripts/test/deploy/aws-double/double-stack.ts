export interface DoubleEvent {
  id?: string
  status: string
  logicalId?: string
  type?: string
  reason?: string
}

/** The answer to one request for a stack, and the events since the previous request. */
export interface Look {
  status: string
  reason?: string
  events?: DoubleEvent[]
}

export interface DoubleStack {
  status: string
  events: DoubleEvent[]
  /** The answers after a command, one for each request; the last one repeats. */
  looks: Look[]
  body?: string
  parameters?: Record<string, string>
  isProtected?: boolean
}

export interface DoubleChange {
  action: string
  id: string
  replacement?: string
  property?: string
  /** Drift, which only a drift-aware change set shows: values before and after, or that the resource was deleted. */
  drift?: { previous: string; actual: string } | 'deleted'
}

/** The result of a change set for a stack. */
export interface Outcome {
  changes?: DoubleChange[]
  /** Why the change set cannot be created. */
  refusal?: string
  /** Findings of CloudFormation's validation, one reason per resource. */
  invalid?: Record<string, string>
  /** Answers after the change set is executed. */
  looks?: Look[]
  /** Answers after each attempt to delete the stack; the last one repeats. */
  deletions?: Look[][]
}

/** CloudFormation's answer to a change set without changes. */
export const emptyRefusal =
  "The submitted information didn't contain changes. Submit different information to create a change set."

/** CloudFormation's answer to a change set that its validation refuses; `DescribeEvents` has the reasons. */
export const validationRefusal =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck].'

export function ofStack(status: string, reason = 'User Initiated'): DoubleEvent {
  return { status, reason, type: 'AWS::CloudFormation::Stack' }
}
