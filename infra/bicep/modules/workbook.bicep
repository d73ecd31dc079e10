metadata description = 'The picture beside the alerts: latency, cold starts, throughput, errors, versions, queue and jobs, from the same metrics. Below it, the run books.'

@description('Region of the workbook.')
param location string

@description('Tags of the workbook.')
param tags object

@description('Name of the workbook: a GUID.')
param name string

@description('Title of the workbook.')
param displayName string

@description('Resource id of the workspace that it queries.')
param workspaceId string

@description('Resource id of the Application Insights component that it opens from.')
param componentId string

var charts = [
  {
    title: 'Latency of requests by model, warm and cold (ms)'
    query: loadTextContent('../kql/workbook/latency.kql')
    visualization: 'timechart'
  }
  {
    title: 'Duration of session runs (ms)'
    query: loadTextContent('../kql/workbook/inference.kql')
    visualization: 'timechart'
  }
  {
    title: 'Cold starts by phase'
    query: loadTextContent('../kql/workbook/cold-starts.kql')
    visualization: 'table'
  }
  {
    title: 'Cold starts over time'
    query: loadTextContent('../kql/workbook/cold-starts-over-time.kql')
    visualization: 'timechart'
  }
  {
    title: 'Model loads by phase'
    query: loadTextContent('../kql/workbook/model-load.kql')
    visualization: 'table'
  }
  {
    title: 'Throughput per second'
    query: loadTextContent('../kql/workbook/throughput.kql')
    visualization: 'timechart'
  }
  {
    title: 'Requests not answered with predictions, by code'
    query: loadTextContent('../kql/workbook/errors.kql')
    visualization: 'timechart'
  }
  {
    title: 'Versions that answered'
    query: loadTextContent('../kql/workbook/versions.kql')
    visualization: 'timechart'
  }
  {
    title: 'Versions swapped and refused, models unavailable'
    query: loadTextContent('../kql/workbook/swaps.kql')
    visualization: 'table'
  }
  {
    title: 'Seconds that messages waited'
    query: loadTextContent('../kql/workbook/queue.kql')
    visualization: 'timechart'
  }
  {
    title: 'Jobs ended, messages given up'
    query: loadTextContent('../kql/workbook/jobs.kql')
    visualization: 'timechart'
  }
  {
    title: 'Drift of confidence against the package\'s baseline: it says that something changed, not that it is wrong'
    query: loadTextContent('../kql/workbook/drift.kql')
    visualization: 'timechart'
  }
  {
    title: 'Distance of features and confidence from the package\'s baseline (PSI), and what of it chance can make'
    query: loadTextContent('../kql/workbook/features.kql')
    visualization: 'table'
  }
  {
    title: 'What came true of predictions, and the share of receipts whose outcome was told'
    query: loadTextContent('../kql/workbook/calibration.kql')
    visualization: 'table'
  }
  {
    title: 'Caches, and requests turned away'
    query: loadTextContent('../kql/workbook/caches.kql')
    visualization: 'table'
  }
]

var content = {
  version: 'Notebook/1.0'
  fallbackResourceIds: [
    workspaceId
  ]
  items: concat(
    [
      {
        type: 9
        name: 'parameters'
        content: {
          version: 'KqlParameterItem/1.0'
          style: 'pills'
          parameters: [
            {
              id: guid(name, 'TimeRange')
              version: 'KqlParameterItem/1.0'
              name: 'TimeRange'
              label: 'Time range'
              type: 4
              isRequired: true
              value: {
                durationMs: 86400000
              }
              typeSettings: {
                selectableValues: [
                  {
                    durationMs: 3600000
                  }
                  {
                    durationMs: 14400000
                  }
                  {
                    durationMs: 86400000
                  }
                  {
                    durationMs: 604800000
                  }
                ]
                allowCustom: true
              }
            }
          ]
        }
      }
    ],
    map(charts, chart => {
      type: 3
      name: chart.title
      content: {
        version: 'KqlItem/1.0'
        title: chart.title
        query: chart.query
        size: 0
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        crossComponentResources: [
          workspaceId
        ]
        timeContextFromParameter: 'TimeRange'
        visualization: chart.visualization
      }
    }),
    [
      {
        type: 1
        name: 'Run books'
        content: {
          json: loadTextContent('../../../docs/runbooks.md')
        }
      }
    ]
  )
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: displayName
    description: 'Latency, cold starts, throughput, errors, versions, queue and jobs of the scoring endpoint.'
    serializedData: string(content)
    sourceId: componentId
    version: 'Notebook/1.0'
  }
}

@description('Resource id of the workbook: alerts link to it.')
output id string = workbook.id
