import t from 'tap'
import { processedRule, rawRule } from '../../scripts/services/versitygw/allow-browsers.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'

interface TemplateRule {
  AllowedMethods: string[]
  AllowedHeaders: string[]
  ExposedHeaders: string[]
  MaxAge: number
}

// The upload page is tested in a browser with the rules of the real services.
for (const env of environments) {
  const stacks = modelEnvironment(env)
  for (const [name, tested] of [
    ['RawBucket', rawRule],
    ['ProcessedBucket', processedRule],
  ] as const)
    t.test(`${env}: the CORS rule of the ${name} is the one that a browser is tested with`, async (t) => {
      const { CorsConfiguration } = modelResource<{ CorsConfiguration: { CorsRules: TemplateRule[] } }>(
        stacks,
        'storage',
        name,
      )
      t.match(CorsConfiguration.CorsRules, [
        {
          AllowedMethods: tested.AllowedMethods,
          AllowedHeaders: tested.AllowedHeaders,
          ExposedHeaders: tested.ExposeHeaders,
          MaxAge: tested.MaxAgeSeconds,
        },
      ])
      t.equal(CorsConfiguration.CorsRules.length, 1)
    })
}
