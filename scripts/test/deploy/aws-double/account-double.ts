import type { CertificateDetail } from '@aws-sdk/client-acm'
import { refuse } from './refuse.ts'

/** The quotas of an account, its certificates, and the resources that count against the quotas. By default it is a new account. */
export function createAccountDouble() {
  /** Values by service and code. */
  const quotas = new Map([
    ['ec2/L-0263D0A3', 5],
    ['vpc/L-F678F1CE', 5],
    ['ec2/L-1216C47A', 5],
  ])
  /** Quotas of the account that are found only by listing them. */
  const namedQuotas: { QuotaName: string; Value: number }[] = []
  const certificates = new Map<string, Partial<CertificateDetail> & { NotAfter?: unknown }>()
  /** Number of resources by type. */
  const counts = new Map([['AWS::EC2::VPC', 1]])
  const workgroups: { baseCapacity: number }[] = []
  const lambda = { limit: 10, unreserved: 10 }

  function readQuota(body: Record<string, unknown>): object {
    const Value = quotas.get(`${body.ServiceCode}/${body.QuotaCode}`)
    if (Value === undefined) throw refuse(400, 'NoSuchResourceException', 'no such quota')
    return { Quota: { Value } }
  }

  const targets: Record<string, (body: Record<string, unknown>) => object> = {
    // Service Quotas has account-specific values only for some quotas.
    'ServiceQuotasV20190624.GetServiceQuota': (body) => {
      if (body.ServiceCode === 'vpc')
        throw refuse(400, 'NoSuchResourceException', 'only the default is known')
      return readQuota(body)
    },
    'ServiceQuotasV20190624.GetAWSDefaultServiceQuota': readQuota,
    'ServiceQuotasV20190624.ListServiceQuotas': () => ({ Quotas: namedQuotas }),
    'CertificateManager.DescribeCertificate': ({ CertificateArn }) => {
      const Certificate = certificates.get(String(CertificateArn))
      if (!Certificate) throw refuse(400, 'ResourceNotFoundException', 'no such certificate')
      return { Certificate }
    },
    'CloudApiService.ListResources': ({ TypeName }) => ({
      ResourceDescriptions: Array.from({ length: counts.get(String(TypeName)) ?? 0 }, (_, index) => ({
        Identifier: String(index),
      })),
    }),
    'RedshiftServerless.ListWorkgroups': () => ({ workgroups }),
  }

  const lambdaSettings = () => ({
    AccountLimit: {
      ConcurrentExecutions: lambda.limit,
      UnreservedConcurrentExecutions: lambda.unreserved,
    },
  })

  return { targets, lambdaSettings, quotas, namedQuotas, certificates, counts, workgroups, lambda }
}
