import t from 'tap'
import { checkWebhookUrl, maxUrlLength } from '../../webhooks/check-webhook-url.ts'
import { receiverRules } from '../../webhooks/receiver-rules.ts'

const rules = (WEBHOOK_ALLOW_NETWORKS = '', NODE_ENV = 'production') =>
  receiverRules({ WEBHOOK_ALLOW_NETWORKS, NODE_ENV })

const allowed = [
  'https://example.com',
  'https://example.com/hooks?tenant=a%20b',
  'HTTPS://EXAMPLE.COM/hooks',
  'https://example.com:443/',
  'https://example.com:8443/',
  'https://example.com:1025/',
  'https://bücher.example.com/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://internal.example.com/',
  'https://localhost.example.com/',
]
for (const url of allowed) {
  t.test(`${url} may be registered`, async (t) => t.equal(checkWebhookUrl(url, rules()), undefined))
}

/** Spellings of URLs with a forbidden host, by the kind of host that the message names. */
const forbiddenHosts: Record<string, string[]> = {
  'a loopback address': [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '017700000001',
    '0177.0.0.1',
    '00000177.0.0.1',
    '127.0.0.1.',
    '127。0。0。1',
    '１２７.0.0.1',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
    '127.255.255.254',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
  ],
  'a private address': [
    '10.0.0.1',
    '10.1',
    '0xa.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '3232235777',
    '0xc0a80101',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fdff:ffff::1]',
  ],
  'a link-local address': [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.43518',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[fe80::1]',
  ],
  'a multicast address': ['224.0.0.1', '239.255.255.250', '[ff02::1]'],
  'an unspecified address': ['0.0.0.0', '0', '0.1.2.3', '[::]'],
  'a reserved address': [
    '255.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '168.63.129.16',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:8.8.8.8]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[2001:2::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[100::1]',
    '[fec0::1]',
    '[4000::1]',
  ],
  'a name of a private network': [
    'localhost',
    'LOCALHOST',
    'ｌocalhost',
    'a.localhost',
    'metadata.google.internal',
    'db.corp',
    'printer.local',
    'router.home.arpa',
    'gateway',
  ],
}
for (const [kind, hosts] of Object.entries(forbiddenHosts)) {
  for (const host of hosts) {
    t.test(`${host} is refused as ${kind}`, async (t) => {
      const refusal = checkWebhookUrl(`https://${host}/hooks`, rules())
      t.match(refusal, kind)
      t.match(refusal, 'WEBHOOK_ALLOW_NETWORKS')
    })
  }
}

const refused: [url: string, message: string | RegExp][] = [
  ['', 'not a valid https URL'],
  ['hooks', 'not a valid https URL'],
  ['https:example.com', 'not a valid https URL'],
  ['https:///example.com', 'not a valid https URL'],
  ['https://', 'not a valid https URL'],
  ['https://1.2.3.4.5/', 'not a valid https URL'],
  ['https://256.0.0.1/', 'not a valid https URL'],
  ['https://[fe80::1%25eth0]/', 'not a valid https URL'],
  ['https://[::ffff:127.0.0.1', 'not a valid https URL'],
  ['https://example.com:99999/', 'not a valid https URL'],
  ['ftp://example.com/', 'not a valid https URL'],
  ['file:///etc/passwd', 'not a valid https URL'],
  ['gopher://127.0.0.1:6379/', 'not a valid https URL'],
  ['http://example.com:8080/', 'must begin with https://'],
  ['http://127.0.0.1:8080/', 'must begin with https://'],
  ['https://example.com:22/', 'port 22'],
  ['https://example.com:80/', 'port 80'],
  ['https://example.com:1024/', 'port 1024'],
  ['https://example.com:0/', 'port 0'],
  ['https://user@example.com/', 'credentials'],
  ['https://user:password@example.com/', 'credentials'],
  ['https://:password@example.com/', 'credentials'],
  ['https://example.com@127.0.0.1/', 'credentials'],
  ['https://example.com#@127.0.0.1/', 'fragment'],
  ['https://example.com/#', 'fragment'],
  ['https://example.com./', 'ends with a dot'],
  [' https://example.com/', 'a space'],
  ['https://exa\tmple.com/', 'a space'],
  ['https://example.com\\@127.0.0.1/', 'backslash'],
  ['https://example.com/\u0000', 'control character'],
  [`https://example.com/${'a'.repeat(maxUrlLength)}`, 'longer than 2048'],
  [`https://example.com/${'ü'.repeat(maxUrlLength / 3)}`, 'longer than 2048'],
]
for (const [url, message] of refused) {
  t.test(`${JSON.stringify(url).slice(0, 60)} is refused`, async (t) =>
    t.match(checkWebhookUrl(url, rules()), message),
  )
}

t.test('addresses and private names of allowed networks are accepted', async (t) => {
  const open = rules('10.0.0.0/8,fd00::/8,127.0.0.1')
  t.equal(checkWebhookUrl('https://10.1.2.3/', open), undefined)
  t.equal(checkWebhookUrl('https://[fd12::1]/', open), undefined)
  t.equal(checkWebhookUrl('https://127.0.0.1/', open), undefined)
  t.equal(checkWebhookUrl('https://hooks.internal/', open), undefined)
  t.match(checkWebhookUrl('https://127.0.0.2/', open), 'a loopback address')
  t.match(checkWebhookUrl('https://192.168.0.1/', open), 'a private address')
  t.match(checkWebhookUrl('http://10.1.2.3:8080/', open), 'must begin with https://')
})

t.test('http is for allowed loopback addresses outside production', async (t) => {
  const loopback = '127.0.0.0/8,::1'
  for (const host of ['127.0.0.1', '127.1', '[::1]', 'localhost', 'a.localhost']) {
    t.equal(checkWebhookUrl(`http://${host}:8080/`, rules(loopback, '')), undefined, host)
    t.match(checkWebhookUrl(`http://${host}:8080/`, rules(loopback)), 'must begin with https://', host)
    t.ok(checkWebhookUrl(`http://${host}:8080/`, rules('', '')), `${host} without the setting`)
  }
  t.match(checkWebhookUrl('http://127.0.0.1/', rules(loopback, '')), 'port 80')
  t.match(
    checkWebhookUrl('http://localhost.example.com:8080/', rules(loopback, '')),
    'must begin with https://',
  )
})
