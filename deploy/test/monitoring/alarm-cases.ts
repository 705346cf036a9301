/** The series of a case by metric: one value for all periods, or a value for each period, oldest first. */
export type Values = Record<string, number | undefined | (number | undefined)[]>

export interface Case {
  /** Metrics for which the alarm must stay silent, including without traffic. */
  calm: Values[]
  /** Metrics for which the alarm must fire. */
  trouble: Values[]
  /** Set if the alarm must fire without data. */
  noData?: 'alarm'
}

/** Periods of each series, enough for every alarm. */
export const periods = 15
const none = undefined
const spike = (value: number | undefined, calm: number | undefined = 0) => [
  ...Array(periods - 1).fill(calm),
  value,
]

const requests = { requests: 1000, target: none, balancer: none }
const throttles =
  (...ids: string[]) =>
  (value: number | undefined) =>
    Object.fromEntries(ids.map((id) => [id, value]))
const ofCatalog = throttles(
  ...[
    'catalogReads',
    'catalogWrites',
    'dayWrites',
    'dayReads',
    'owingWrites',
    'unfinishedWrites',
    'keyReads',
  ],
)
const ofWebhooks = throttles('reads', 'writes', 'dueReads', 'dueWrites', 'logWrites')

/** Alarms on one metric that is normally zero. */
const anyAtAll: Case = { calm: [{ value: 0 }], trouble: [{ value: 1 }] }
const whenItLasts: Case = { calm: [{ value: 0 }, { value: spike(1) }], trouble: [{ value: 1 }] }
const errors: Case = {
  calm: [
    { calls: 1000, errors: 0 },
    { calls: 1000, errors: spike(1000) },
    { calls: 1000, errors: 40 },
    { calls: 2, errors: 0 },
  ],
  trouble: [
    { calls: 1000, errors: 60 },
    { calls: 10, errors: 10 },
  ],
}
const growth: Case = { calm: [{ bytes: 1 }], trouble: [{ bytes: 1e18 }] }

/** Cases by stack and logical id of the alarm. */
export const alarmCases: Record<string, Case> = {
  'alarms GatewayErrors': {
    calm: [
      requests,
      { ...requests, requests: 3, target: 1 },
      { ...requests, target: spike(900, none) },
      { ...requests, target: 9 },
    ],
    trouble: [
      { ...requests, target: 15 },
      // No gateway responds in time.
      { ...requests, balancer: 1000 },
      // Without a gateway, the load balancer counts no requests.
      { requests: none, target: none, balancer: 1000 },
      {
        requests: [...Array(periods - 4).fill(1000), none, none, none, none],
        target: none,
        balancer: [...Array(periods - 4).fill(none), 900, 900, 900, 900],
      },
    ],
  },
  'alarms UploadLatency': { calm: [{ ms: 40 }, { ms: spike(9000, 40) }], trouble: [{ ms: 1600 }] },
  'alarms UnhealthyHosts': whenItLasts,
  'alarms NoHealthyHosts': {
    calm: [{ hosts: 2 }, { hosts: 1 }, { hosts: spike(0, 2) }],
    trouble: [{ hosts: 0 }],
    noData: 'alarm',
  },
  'alarms OwedEventsAge': {
    calm: [{ seconds: 0 }, { seconds: 200 }, { seconds: spike(900) }],
    trouble: [{ seconds: 301 }],
    noData: 'alarm',
  },
  'alarms ProcessorErrors': errors,
  'alarms ProcessorThrottles': whenItLasts,
  'alarms ProcessorAge': { calm: [{ ms: 1000 }, { ms: spike(700_000) }], trouble: [{ ms: 601_000 }] },
  'alarms FailedNotifications': anyAtAll,
  'alarms DeadLetters': anyAtAll,
  'alarms ConsumerLag': { calm: [{ lag: 10 }, { lag: spike(20_000) }], trouble: [{ lag: 10_001 }] },
  'alarms PollerErrors': whenItLasts,
  'alarms PollersGone': {
    calm: [{ pollers: 1 }, { pollers: spike(0, 2) }],
    trouble: [{ pollers: 0 }],
    noData: 'alarm',
  },
  'alarms TableThrottles': {
    calm: [ofCatalog(0), ofCatalog(none), ofCatalog(1)],
    trouble: [ofCatalog(2), { ...ofCatalog(none), dayWrites: 11 }],
  },
  'audit RawGrowth': growth,
  'audit ProcessedGrowth': growth,
  'canary Failing': {
    calm: [
      { runs: 1, errors: 0 },
      { runs: 1, errors: spike(1) },
    ],
    trouble: [
      { runs: 1, errors: 1 },
      { runs: none, errors: none },
    ],
    noData: 'alarm',
  },
  'compaction Late': {
    calm: [
      { runs: 1, errors: 0 },
      { runs: 1, errors: spike(1) },
      { runs: 1, errors: none },
      { runs: spike(none, 1), errors: 0 },
      { runs: 2, errors: 1 },
    ],
    trouble: [
      { runs: 1, errors: 1 },
      { runs: none, errors: none },
    ],
    noData: 'alarm',
  },
  'compaction Behind': {
    calm: [{ left: 0 }, { left: none }, { left: spike(90_000) }],
    trouble: [{ left: 1 }],
  },
  'audit DeniedWrites': { calm: [{ value: 50 }], trouble: [{ value: 51 }] },
  'audit DeniedDeletes': anyAtAll,
  'audit BucketSettings': anyAtAll,
  'kafka-alarms BrokerDisk': {
    calm: [{ percent: 80 }, { percent: spike(90, 60) }],
    trouble: [{ percent: 86 }, { percent: [...Array(periods - 3).fill(60), 90, 90, 90] }],
    noData: 'alarm',
  },
  'objective FastBurn': {
    calm: [
      { late: 0, results: 5000 },
      { late: 70, results: 5000 },
      { late: 10, results: 20 },
    ],
    trouble: [
      { late: 80, results: 5000 },
      { late: 50, results: 50 },
    ],
  },
  'objective SlowBurn': {
    calm: [
      { late: 30, results: 5000 },
      { late: 100, results: 200 },
    ],
    trouble: [{ late: 31, results: 5000 }],
  },
  'reports Failed': anyAtAll,
  'reports Missing': {
    calm: [
      { calls: spike(1, none), errors: spike(0, none) },
      // The second attempt succeeded, six days ago.
      { calls: [2, ...Array(6).fill(none)], errors: [1, ...Array(6).fill(none)] },
      { calls: 1, errors: 0 },
    ],
    trouble: [
      { calls: 3, errors: 3 },
      { calls: [1, ...Array(7).fill(none)], errors: [0, ...Array(7).fill(none)] },
    ],
    noData: 'alarm',
  },
  'webhook-alarms DueAge': {
    calm: [{ seconds: 60 }, { seconds: spike(900) }],
    trouble: [{ seconds: 601 }],
    noData: 'alarm',
  },
  'webhook-alarms FailedTries': {
    calm: [
      { tries: 100, delivered: 100 },
      { tries: 100, delivered: 20 },
      { tries: 50, delivered: none },
    ],
    trouble: [
      { tries: 100, delivered: 5 },
      { tries: 100, delivered: none },
    ],
  },
  'webhook-alarms Errors': errors,
  'webhook-alarms Throttles': whenItLasts,
  'webhook-alarms FailedEvents': anyAtAll,
  'webhook-alarms PollerErrors': {
    calm: [
      { processed: 0, rejected: 0 },
      { processed: none, rejected: none },
      { processed: spike(3), rejected: 0 },
    ],
    trouble: [
      { processed: 1, rejected: 0 },
      { processed: none, rejected: 2 },
    ],
  },
  'webhook-alarms PollersGone': {
    calm: [{ processed: 1, rejected: 1 }],
    trouble: [
      { processed: 1, rejected: 0 },
      { processed: 1, rejected: none },
    ],
    noData: 'alarm',
  },
  'webhook-alarms TableThrottles': {
    calm: [ofWebhooks(0), ofWebhooks(none), ofWebhooks(2)],
    trouble: [ofWebhooks(3), { ...ofWebhooks(none), logWrites: 11 }],
  },
}
