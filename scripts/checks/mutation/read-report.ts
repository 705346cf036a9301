/** The part of Stryker's JSON report that is read here. */
export interface MutationReport {
  files: Record<string, { source: string; mutants: Mutant[] }>
}

interface Mutant {
  mutatorName: string
  replacement?: string
  status: string
  location: { start: { line: number; column: number }; end: { line: number; column: number } }
}

const isDetected = ({ status }: Mutant) => status === 'Killed' || status === 'Timeout'
const isSurvivor = ({ status }: Mutant) => status === 'Survived' || status === 'NoCoverage'

/** Mutants that do not run (compile errors, ignored ones) do not count. */
export function countMutants({ files }: MutationReport): { detected: number; total: number } {
  const mutants = Object.values(files).flatMap((file) => file.mutants)
  const detected = mutants.filter(isDetected).length
  return { detected, total: detected + mutants.filter(isSurvivor).length }
}

/** One line per survivor: where it is, what it replaces the code with, and the original line. */
export function listSurvivors({ files }: MutationReport): string {
  const lines = Object.entries(files).flatMap(([path, { source, mutants }]) => {
    const original = source.split('\n')
    return mutants
      .filter(isSurvivor)
      .map(({ status, mutatorName, replacement = '', location: { start } }) => {
        const text = replacement.replaceAll(/\s+/g, ' ')
        return `${path}:${start.line}:${start.column} ${status} ${mutatorName} -> ${text} | ${original[start.line - 1]?.trim()}`
      })
  })
  return lines.map((line) => `${line}\n`).join('')
}
