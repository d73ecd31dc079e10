// Rules, app settings, roles, plan and site that main.bicep deploys with the given parameters.
import path from 'node:path';
import { BicepFile } from './bicep.mjs';

export function deployment({ folder, parameters = {} }) {
  const main = new BicepFile(path.join(folder, 'main.bicep'));
  const module = name => new BicepFile(path.join(folder, main.modules().find(each => each.name === name).path));
  return {
    rules: module('alerts').resource('alerts', main.passed('alerts', parameters)),
    settings: settings(module('app'), main.passed('app', parameters)),
    roleIds: module('roles').variable('roleIds'),
    plan: module('app').resource('plan', main.passed('app', parameters))[0],
    app: module('app').resource('app', main.passed('app', parameters))[0],
  };
}

function settings(app, parameters) {
  return {
    ...app.variable('commonSettings', parameters),
    ...app.variable('scoringSettings', parameters),
    ...(app.variable('flex', parameters) ? {} : app.variable('premiumSettings', parameters)),
  };
}
