import type { Resource } from '../read-template.ts'

export const account = '111122223333'
export const region = 'us-east-1'

/** A resource with its functions evaluated. */
type Made = Resource & { Properties: Record<string, unknown> }

interface Names {
  ref: (made: Made) => unknown
  arn: (made: Made) => string
}

const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`

/** Types of resources that other templates or policies refer to by name or ARN. */
const known: Record<string, Names> = {
  'AWS::S3::Bucket': {
    ref: ({ Properties }) => Properties.BucketName,
    arn: ({ Properties }) => `arn:aws:s3:::${Properties.BucketName}`,
  },
  'AWS::DynamoDB::Table': {
    ref: ({ Properties }) => Properties.TableName,
    arn: ({ Properties }) => arn('dynamodb', `table/${Properties.TableName}`),
  },
  'AWS::IAM::Role': {
    ref: ({ Properties }) => Properties.RoleName,
    arn: ({ Properties }) =>
      `arn:aws:iam::${account}:role/${Properties.RoleName ?? 'made-by-cloudformation'}`,
  },
  'AWS::IAM::OIDCProvider': {
    ref: ({ Properties }) =>
      `arn:aws:iam::${account}:oidc-provider/${String(Properties.Url).replace('https://', '')}`,
    arn: () => '',
  },
  'AWS::Lambda::Function': {
    ref: ({ Properties }) => Properties.FunctionName,
    arn: ({ Properties }) => arn('lambda', `function:${Properties.FunctionName}`),
  },
  'AWS::Logs::LogGroup': {
    ref: ({ Properties }) => Properties.LogGroupName,
    arn: ({ Properties }) => arn('logs', `log-group:${Properties.LogGroupName}:*`),
  },
  'AWS::SNS::Topic': {
    ref: ({ Properties }) => arn('sns', `${Properties.TopicName}`),
    arn: ({ Properties }) => arn('sns', `${Properties.TopicName}`),
  },
  'AWS::Glue::Database': {
    ref: ({ Properties }) => (Properties.DatabaseInput as { Name: string }).Name,
    arn: () => '',
  },
  'AWS::Glue::Table': {
    ref: ({ Properties }) => (Properties.TableInput as { Name: string }).Name,
    arn: () => '',
  },
  'AWS::SQS::Queue': {
    ref: ({ Properties }) => `https://sqs.${region}.amazonaws.com/${account}/${Properties.QueueName}`,
    arn: ({ Properties }) => arn('sqs', `${Properties.QueueName}`),
  },
  'AWS::SecretsManager::Secret': {
    ref: ({ Properties }) => arn('secretsmanager', `secret:${Properties.Name}-a1b2c3`),
    arn: ({ Properties }) => arn('secretsmanager', `secret:${Properties.Name}-a1b2c3`),
  },
  'AWS::EC2::SecurityGroup': {
    // Several stacks have a ClientGroup, but each description is used once.
    ref: ({ Properties }) =>
      `sg-${String(Properties.GroupDescription).toLowerCase().replaceAll(/\W+/g, '-')}`,
    arn: () => '',
  },
  'AWS::KMS::Key': {
    ref: () => '00000000-0000-0000-0000-000000000000',
    arn: () => arn('kms', 'key/00000000-0000-0000-0000-000000000000'),
  },
}

/** The value of `Ref`: the name that the template sets, otherwise the logical id. */
export function refOf(logicalId: string, made: Made): unknown {
  return known[made.Type]?.ref(made) ?? logicalId
}

/** The value of `Fn::GetAtt`. */
export function attributeOf(logicalId: string, name: string, made: Made): unknown {
  if (name in made.Properties) return made.Properties[name]
  const names = known[made.Type]
  if (name === 'GroupId') return names?.ref(made)
  return name === 'Arn' && names ? names.arn(made) : `${logicalId}.${name}`
}
