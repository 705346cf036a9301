import ipaddr from 'ipaddr.js'
import type { ModelStack } from '../../model/model-deployment.ts'

interface Rule {
  IpProtocol: string
  FromPort?: number | string
  ToPort?: number | string
  CidrIp?: string
  SourceSecurityGroupId?: string
  DestinationSecurityGroupId?: string
}

interface Group {
  ingress: Rule[]
  egress: Rule[]
}

/** One side of a connection: an address with its security groups, or an address outside the VPC. */
export interface Side {
  address: string
  /** Absent outside the VPC, where our rules do not apply. */
  groups?: string[]
}

/** Whether the security groups let one side open a TCP connection to the other. Groups are stateful, so answers need no rule. */
export function canReach(stacks: ModelStack[], from: Side, to: Side, port: number): boolean {
  const groups = readGroups(stacks)
  const leaves = rulesOf(groups, from, 'egress').some((rule) => admits(rule, to, port))
  const enters = rulesOf(groups, to, 'ingress').some((rule) => admits(rule, from, port))
  return leaves && (to.groups === undefined || enters)
}

/** The security groups of all stacks by id, including rules defined as separate resources. */
function readGroups(stacks: ModelStack[]): Map<string, Group> {
  const resources = stacks.flatMap((stack) => Object.entries(stack.resources))
  const groups = new Map<string, Group>()
  for (const [, { Type, Properties }] of resources) {
    if (Type !== 'AWS::EC2::SecurityGroup') continue
    const { GroupDescription, SecurityGroupIngress = [], SecurityGroupEgress = [] } = Properties
    const id = `sg-${String(GroupDescription).toLowerCase().replaceAll(/\W+/g, '-')}`
    if (groups.has(id)) throw new Error(`two groups have the description "${GroupDescription}"`)
    groups.set(id, {
      ingress: [...(SecurityGroupIngress as Rule[])],
      egress: [...(SecurityGroupEgress as Rule[])],
    })
  }
  for (const [, { Type, Properties }] of resources) {
    const side = { 'AWS::EC2::SecurityGroupIngress': 'ingress', 'AWS::EC2::SecurityGroupEgress': 'egress' }[
      Type
    ]
    if (side)
      find(groups, String(Properties.GroupId))[side as keyof Group].push(Properties as unknown as Rule)
  }
  return groups
}

function rulesOf(groups: Map<string, Group>, { groups: ids = [] }: Side, kind: keyof Group): Rule[] {
  return ids.flatMap((id) => find(groups, id)[kind])
}

function find(groups: Map<string, Group>, id: string): Group {
  const group = groups.get(id)
  if (!group) throw new Error(`there is no security group ${id}`)
  return group
}

function admits(rule: Rule, { address, groups = [] }: Side, port: number): boolean {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupId, DestinationSecurityGroupId } = rule
  const hasPort = IpProtocol === '-1' || (Number(FromPort) <= port && port <= Number(ToPort))
  const named = SourceSecurityGroupId ?? DestinationSecurityGroupId
  const hasPeer = named
    ? groups.includes(named)
    : ipaddr.parse(address).match(ipaddr.parseCIDR(String(CidrIp)))
  return hasPort && hasPeer
}
