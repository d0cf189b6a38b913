import type { ComputeEnvironmentDetail, LaunchTemplateSpecificationOverride } from '@aws-sdk/client-batch';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import { allInParallel } from '../../in-parallel.ts';
import type { PreflightClients } from '../clients.ts';
import type { TemplateContent, TemplateFacts } from './facts.ts';

/** One version of a launch template that an environment starts instances from. */
export interface TemplateSpec {
  /** For people, and one for each template and version. */
  readonly name: string;
  readonly id?: string;
  readonly label?: string;
  readonly version: string;
}

const atOnce = 4;

/** Of an environment: its own, and those of single types (up to 10, AB 4.2). */
export function specsOf({ computeResources }: ComputeEnvironmentDetail): readonly TemplateSpec[] {
  const template = computeResources?.launchTemplate;
  if (template === undefined) return [];
  return [template, ...(template.overrides ?? [])].flatMap(specOf);
}

function specOf(one: LaunchTemplateSpecificationOverride): readonly TemplateSpec[] {
  const { launchTemplateId: id, launchTemplateName: label } = one;
  const known = id ?? label;
  if (known === undefined) return [];
  const version = one.version === undefined || one.version === '' ? '$Default' : one.version;
  const named = id === undefined ? { label: known } : { id };
  return [{ name: `${known}, version ${version}`, ...named, version }];
}

/** By the name of their spec. */
export async function gatherTemplates(
  ec2: PreflightClients['ec2'],
  specs: readonly TemplateSpec[],
): Promise<ReadonlyMap<string, TemplateFacts>> {
  const distinct = new Map(specs.map((spec) => [spec.name, spec])).values();
  const found = await allInParallel(distinct, atOnce, async (spec): Promise<TemplateFacts> => {
    const content = await answerOf('ec2:DescribeLaunchTemplateVersions', () => askTemplate(ec2, spec));
    return { name: spec.name, content };
  });
  return new Map(found.map((one) => [one.name, one]));
}

/** What EC2 says of a template, or of a version, that does not exist [MEM]. */
const missingNames: ReadonlySet<string> = new Set([
  'InvalidLaunchTemplateId.Malformed',
  'InvalidLaunchTemplateId.NotFound',
  'InvalidLaunchTemplateId.VersionNotFound',
  'InvalidLaunchTemplateName.NotFoundException',
]);

async function askTemplate(
  ec2: PreflightClients['ec2'],
  { id, label, version }: TemplateSpec,
): Promise<TemplateContent | undefined> {
  try {
    const { LaunchTemplateVersions: [found] = [] } = await ec2.describeLaunchTemplateVersions({
      ...(id === undefined ? { LaunchTemplateName: label } : { LaunchTemplateId: id }),
      Versions: [version],
    });
    return found?.LaunchTemplateData === undefined ? undefined : contentOf(found.LaunchTemplateData);
  } catch (error) {
    if (missingNames.has(readFault(error).name)) return undefined;
    throw error;
  }
}

function contentOf(data: ResponseLaunchTemplateData): TemplateContent {
  return {
    interfaces: (data.NetworkInterfaces ?? []).map((one) => ({
      ...(one.NetworkInterfaceId !== undefined && { id: one.NetworkInterfaceId }),
      ...(one.SubnetId !== undefined && { subnet: one.SubnetId }),
      ...(one.AssociatePublicIpAddress !== undefined && { publicAddress: one.AssociatePublicIpAddress }),
      securityGroups: one.Groups ?? [],
    })),
    securityGroups: [...(data.SecurityGroupIds ?? []), ...(data.SecurityGroups ?? [])],
    volumesGib: (data.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeSize ?? []),
  };
}
