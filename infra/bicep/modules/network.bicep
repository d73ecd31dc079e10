metadata description = 'A virtual network for the app, and private endpoints through which it reaches its storage accounts when they refuse everybody else.'

@description('Region of the network.')
param location string

@description('Tags of the resources.')
param tags object

@description('Name of the virtual network.')
@minLength(2)
@maxLength(64)
param name string

@description('Address range of the network: IPv4, /24 or larger.')
param addressPrefix string

@description('What the app\'s subnet is delegated to: Microsoft.App/environments for Flex Consumption, Microsoft.Web/serverFarms for a premium plan.')
@allowed([
  'Microsoft.App/environments'
  'Microsoft.Web/serverFarms'
])
param delegation string

@description('Resource id of the account of the Functions host.')
param hostAccountId string

@description('Resource id of the account of the models.')
param modelsAccountId string

@description('Resource id of the account of the queue and of the jobs\' files.')
param dataAccountId string

var services = [
  'blob'
  'queue'
]
// The zone is the place of the service in the list above.
var endpoints = [
  {
    name: 'host-blob'
    accountId: hostAccountId
    service: 'blob'
    zone: 0
  }
  {
    name: 'models-blob'
    accountId: modelsAccountId
    service: 'blob'
    zone: 0
  }
  {
    name: 'data-blob'
    accountId: dataAccountId
    service: 'blob'
    zone: 0
  }
  {
    name: 'data-queue'
    accountId: dataAccountId
    service: 'queue'
    zone: 1
  }
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'app'
              properties: {
                serviceName: delegation
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = {
    name: 'app'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: {
    name: 'privatelink.${service}.${environment().suffixes.storage}'
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, index) in services: {
    parent: zones[index]
    name: '${name}-${service}'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: network.id
      }
    }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: '${name}-${endpoint.name}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: network::endpointSubnet.id
      }
      privateLinkServiceConnections: [
        {
          name: endpoint.name
          properties: {
            privateLinkServiceId: endpoint.accountId
            groupIds: [
              endpoint.service
            ]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, index) in endpoints: {
    parent: privateEndpoints[index]
    name: endpoint.name
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.service
          properties: {
            privateDnsZoneId: zones[endpoint.zone].id
          }
        }
      ]
    }
  }
]

@description('Resource id of the subnet that the app calls out from.')
output appSubnetId string = network::appSubnet.id
