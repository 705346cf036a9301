import type { ReportData } from '../data/read-report.ts'
import { createCameras } from './sections/cameras.ts'
import { createFormats } from './sections/formats.ts'
import { createLatencyByHour } from './sections/latency-by-hour.ts'
import { createRejectsByReason } from './sections/rejects-by-reason.ts'
import { createRetentionOutlook } from './sections/retention-outlook.ts'
import { createSavingsByDay } from './sections/savings-by-day.ts'
import type { Section } from './sections/section.ts'
import { createTopTenants } from './sections/top-tenants.ts'
import { createUploadsByDay } from './sections/uploads-by-day.ts'

/** The charts of a report, in the order of the page. */
export function createSections(data: ReportData): Section[] {
  return [
    createUploadsByDay(data),
    createSavingsByDay(data),
    createRejectsByReason(data),
    createLatencyByHour(data),
    createFormats(data),
    createCameras(data),
    // The report of one tenant has no ranking.
    ...(data.tenant === undefined ? [createTopTenants(data)] : []),
    createRetentionOutlook(data),
  ]
}
