import { readParameters } from '../../read-template.ts'
import { modelDeployment } from './model-deployment.ts'

/** The environments that have parameters. */
export const environments = ['dev', 'prod'] as const

export const modelEnvironment = (env: string) => modelDeployment(env, readParameters(env))
