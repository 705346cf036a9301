import t from 'tap'
import { readGatewayConfig } from '../config.ts'

const needed = {
  RAW_BUCKET: 'raw',
  PROCESSED_BUCKET: 'processed',
  CATALOG_TABLE: 'images',
  KAFKA_BROKERS: '127.0.0.1:9092',
  KEYS_TABLE: 'keys',
}
const tokens = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'hashgate' }

t.test('API keys are the default', async (t) => {
  t.match(readGatewayConfig(needed), {
    AUTH: 'keys',
    CORS_ORIGINS: '',
    TRUST_PROXY: '',
    REDIS_URL: '',
    GATEWAY_WORKERS: '1',
  })
  for (const AUTH of ['jwt', 'keys,jwt', 'jwt,keys']) {
    t.match(readGatewayConfig({ ...needed, ...tokens, AUTH }), { AUTH })
  }
})

t.test('every missing setting of an authentication method is named', async (t) => {
  const { KEYS_TABLE, ...without } = needed
  t.throws(() => readGatewayConfig(without), { message: 'KEYS_TABLE is not set. AUTH=keys requires it.' })
  t.throws(() => readGatewayConfig({ ...without, AUTH: 'keys,jwt' }), {
    message: /KEYS_TABLE.*\nJWT_ISSUER.*\nJWT_AUDIENCE/,
  })
  t.match(readGatewayConfig({ ...without, ...tokens, AUTH: 'jwt' }), { KEYS_TABLE: '' })
})

t.test('all errors are reported together', async (t) => {
  const bad = {
    RAW_BUCKET: 'raw',
    KAFKA_BROKERS: 'broker',
    KAFKA_SASL_USERNAME: 'gateway',
    REDIS_URL: 'cache',
    TRUST_PROXY: 'x',
  }
  t.throws(() => readGatewayConfig(bad), {
    message: [
      'PROCESSED_BUCKET is not set.',
      'CATALOG_TABLE is not set.',
      'KAFKA_BROKERS must be one or more brokers as host:port, separated by commas.',
      'REDIS_URL must be a URL that begins with redis:// or rediss://, or empty.',
      'KAFKA_SASL_USERNAME is set, but KAFKA_SASL_PASSWORD is not.',
      'KEYS_TABLE is not set. AUTH=keys requires it.',
      'TRUST_PROXY: x is not an IP address or CIDR such as 10.0.0.0/16.',
    ].join('\n'),
  })
})

t.test('AUTH=none is rejected in production', async (t) => {
  t.match(readGatewayConfig({ ...needed, AUTH: 'none' }), { AUTH: 'none' })
  t.throws(() => readGatewayConfig({ ...needed, AUTH: 'none', NODE_ENV: 'production' }), {
    message: /AUTH=none is not allowed/,
  })
})

t.test('an invalid setting is rejected', async (t) => {
  const bad: [string, string][] = [
    ['AUTH', 'keys,none'],
    ['AUTH', ''],
    ['JWT_ALGORITHMS', 'none'],
    ['JWT_ALGORITHMS', 'HS256'],
    ['JWT_ALGORITHMS', 'RS256,'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://app.example.com, https://b.example.com'],
    ['CORS_ORIGINS', '*,https://app.example.com'],
    ['GATEWAY_WORKERS', '0'],
    ['GATEWAY_WORKERS', 'all'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '1'],
    ['TRUST_PROXY', 'ffff'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/8,::::'],
    ['TRUST_PROXY', 'fd00::/129'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['MAX_EVENT_LOOP_DELAY_MS', '0'],
  ]
  for (const [name, value] of bad) {
    t.throws(
      () => readGatewayConfig({ ...needed, [name]: value }),
      { message: new RegExp(name) },
      `${name}=${value}`,
    )
  }
})

t.test('an origin must be written as browsers send it', async (t) => {
  const valid =
    'https://app.example.com,http://app.example.com:8080,loopback,https://xn--bcher-kva.example,http://[2001:db8::1]:3000'
  for (const value of [valid, '*', ''])
    t.match(readGatewayConfig({ ...needed, CORS_ORIGINS: value }), { CORS_ORIGINS: value })
  const never = [
    'https://App.example.com',
    'https://app.example.com:443',
    'http://app.example.com:80',
    'https://bücher.example',
    'https://a@b',
    'https://*.example.com',
  ]
  for (const origin of never) {
    t.throws(
      () => readGatewayConfig({ ...needed, CORS_ORIGINS: `https://ok.example.com,${origin}` }),
      {
        message: `CORS_ORIGINS: ${origin} is not an origin as browsers send it: in lower case, without wildcards, credentials or a default port, such as https://app.example.com.`,
      },
      origin,
    )
  }
})

t.test('the settings of the content delivery network require each other', async (t) => {
  t.match(readGatewayConfig(needed), { CDN_URL: '', CDN_KEY_SECRET_ID: '' })
  const cdn = {
    CDN_URL: 'https://images-cdn.example.com',
    CDN_KEY_SECRET_ID: 'hashgate/dev/cdn/private-key',
  }
  t.match(readGatewayConfig({ ...needed, ...cdn }), cdn)
  t.throws(() => readGatewayConfig({ ...needed, CDN_URL: cdn.CDN_URL }), {
    message: 'CDN_KEY_SECRET_ID is not set. CDN_URL requires it.',
  })
  t.throws(() => readGatewayConfig({ ...needed, ...cdn, CDN_URL: '' }), {
    message: 'CDN_URL is not set. CDN_KEY_SECRET_ID requires it.',
  })
  t.throws(() => readGatewayConfig({ ...needed, ...cdn, CDN_URL: `${cdn.CDN_URL}/` }), {
    message: /^CDN_URL must be a URL without a path/,
  })
})

t.test('the URL of the content delivery network must be in normal form', async (t) => {
  const cdn = { ...needed, CDN_KEY_SECRET_ID: 'private-key' }
  for (const url of ['https://cdn.example.com', 'https://cdn.example.com:8443', 'http://127.0.0.1:8080']) {
    t.match(readGatewayConfig({ ...cdn, CDN_URL: url }), { CDN_URL: url })
  }
  const changed = [
    'https://CDN.example.com',
    'HTTPS://cdn.example.com',
    'https://cdn.example.com:443',
    'https://user:password@cdn.example.com',
    'https://bücher.example',
    'https://cdn.example.com:99999',
    'https://cdn".example.com',
  ]
  for (const url of changed) {
    t.throws(
      () => readGatewayConfig({ ...cdn, CDN_URL: url }),
      { name: 'ConfigError', message: /^CDN_URL must be/ },
      url,
    )
  }
})
