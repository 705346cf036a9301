import { join } from 'node:path'
import { servicesLayout } from '../services/services-layout.ts'

export const repository = join(import.meta.dirname, '../..')

/** Programs, jars and logs for generating and testing the clients. */
export const clientsCache = servicesLayout(join(repository, '.cache/clients'))

export const clientFolder = (language: string) => join(repository, 'openapi/generated-clients', language)
export const generatedFolder = (language: string) => join(clientFolder(language), 'generated')
