import type { Body, Meta, Uppy } from '@uppy/core'
import type Dashboard from '@uppy/dashboard'

const filesPerStep = 25

/**
 * Lets the dashboard add dropped and chosen files a few at a time, between which the page can draw and react. Adding hundreds at once blocks it.
 */
export function addInSteps<M extends Meta, B extends Body>(uppy: Uppy<M, B>): void {
  const dashboard = uppy.getPlugin<Dashboard<M, B>>('Dashboard')
  if (!dashboard) return
  const addAtOnce = dashboard.addFiles
  dashboard.addFiles = async (files: File[]) => {
    for (let start = 0; start < files.length; start += filesPerStep) {
      if (start > 0) await new Promise((resolve) => setTimeout(resolve))
      addAtOnce(files.slice(start, start + filesPerStep))
    }
  }
}
