// The role assignments of modules/roles.bicep.
import path from 'node:path';
import { BicepFile } from './bicep.mjs';

export function assignments({ folder }) {
  const roles = new BicepFile(path.join(folder, 'modules/roles.bicep'));
  const declared = roles.declared('resource_declaration').filter(each => each.node.text.includes('Microsoft.Authorization/roleAssignments'));
  return declared.map(({ node, name }) => {
    const body = roles.resource(name)[0];
    return {
      principal: body.properties.principalId === '<appPrincipalId>' ? 'app' : 'deployer',
      role: /roleDefinitions', roleIds\.(\w+)\)/.exec(node.text)[1],
      scope: /scope: ([\w:]+)/.exec(node.text)[1],
      description: body.properties.description,
    };
  });
}
