/**
 * The event of a schedule: of an EventBridge rule, or of EventBridge Scheduler with its default event or a custom input that names
 * the source.
 *
 *     { "source": "aws.events", "detail-type": "Scheduled Event", … }
 *     { "source": "aws.scheduler" }
 *
 * Source: "Invoke a Lambda function on a schedule", AWS Lambda Developer Guide.
 */
export interface ScheduleEvent {
  source: 'aws.events' | 'aws.scheduler'
}

export function isScheduleEvent(event: object): event is ScheduleEvent {
  return 'source' in event && (event.source === 'aws.events' || event.source === 'aws.scheduler')
}
