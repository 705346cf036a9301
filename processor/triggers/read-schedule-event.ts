/**
 * What a schedule sends, as far as it matters here: a rule of EventBridge, or EventBridge Scheduler, with its own event or with
 * an input that names the source.
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
