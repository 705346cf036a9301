import type { DoubleChange, DoubleEvent } from './double-stack.ts'
import { escapeXml, xmlTag } from './xml-tag.ts'

/** An event of a stack in the response of DescribeStackEvents. */
export function describeEvent(event: DoubleEvent, index: number, stackId: string): string {
  const { status, logicalId = 'Stack', type = 'AWS::Some::Thing', reason = '' } = event
  const isStack = type === 'AWS::CloudFormation::Stack'
  return (
    xmlTag('StackId', stackId) +
    xmlTag('EventId', event.id ?? String(index)) +
    xmlTag('LogicalResourceId', logicalId) +
    xmlTag('PhysicalResourceId', isStack ? stackId : logicalId) +
    xmlTag('ResourceType', type) +
    xmlTag('ResourceStatus', status) +
    xmlTag('ResourceStatusReason', escapeXml(reason)) +
    xmlTag('Timestamp', '2026-11-24T00:00:00Z')
  )
}

/** A change of a resource in the response of DescribeChangeSet. */
export function describeChange({ action, id, replacement, property, drift }: DoubleChange): string {
  const values =
    typeof drift === 'object'
      ? xmlTag('Drift', xmlTag('PreviousValue', drift.previous) + xmlTag('ActualValue', drift.actual))
      : ''
  const target = property
    ? xmlTag('Details', xmlTag('member', xmlTag('Target', xmlTag('Name', property) + values)))
    : ''
  const status = drift ? xmlTag('ResourceDriftStatus', drift === 'deleted' ? 'DELETED' : 'MODIFIED') : ''
  const inner =
    xmlTag('Action', action) +
    xmlTag('LogicalResourceId', id) +
    xmlTag('ResourceType', 'AWS::Some::Thing') +
    (replacement ? xmlTag('Replacement', replacement) : '') +
    status +
    target
  return xmlTag('member', xmlTag('Type', 'Resource') + xmlTag('ResourceChange', inner))
}
