metadata description = 'Alerts on availability, errors, latency, starts, models, calibration, drift, queues and jobs. Each rule is one of kql/alerts with its threshold; what to do is in docs/runbooks.md.'

@description('Region of the rules.')
param location string

@description('Tags of the rules.')
param tags object

@description('First part of the rules\' names.')
@minLength(1)
@maxLength(64)
param namePrefix string

@description('Resource id of the workspace that the rules query.')
param workspaceId string

@description('Whether the deployment keeps instances: then one that reports must always be there.')
param alwaysOn bool

@description('Milliseconds that the app\'s own part of a cold start may take at the 95th percentile.')
@minValue(100)
@maxValue(30000)
param coldStartMilliseconds int

@description('Address that alerts are mailed to; empty for none.')
param email string

@description('Resource id of an action group of yours that alerts go to as well; empty for none.')
param actionGroupId string

@description('Where the run books can be read: an absolute address. Empty for the workbook that holds them as well.')
param runbookUrl string

@description('Resource id of the workbook that shows the metrics and holds the run books.')
param workbookId string

// A rule fires where its query gives a value greater than the threshold for the time range that ends now, and resolves itself once it does not any more. Shares and
// shorter times within the range stand in the query; the threshold is on what the alert shows.
// Severity: 1 callers are failed now, 2 promises are broken or work waits, 3 look at it in the morning.
var rules = [
  {
    name: 'availability'
    title: 'The app is gone'
    meaning: 'No process of the app reports although instances run or callers are refused, or the platform answers callers with 5xx that no process has counted.'
    query: replace(
      loadTextContent('../kql/alerts/availability.kql'),
      'expected = false',
      alwaysOn ? 'expected = true' : 'expected = false'
    )
    column: 'signs'
    splitBy: ''
    threshold: 0
    severity: 1
    frequency: 'PT5M'
    window: 'PT1H'
  }
  {
    name: 'errors'
    title: 'A model\'s requests fail on our side'
    meaning: 'A model burns its error budget of 0.1 % of the requests: over 1.4 % fail in an hour and still in the last 5 minutes, over 0.6 % in 6 hours and still in the last half hour, or with little traffic most do.'
    query: loadTextContent('../kql/alerts/errors.kql')
    column: 'failed'
    splitBy: 'model'
    threshold: 2
    severity: 1
    frequency: 'PT5M'
    window: 'PT6H'
  }
  {
    name: 'latency'
    title: 'A model\'s warm requests miss their SLO'
    meaning: 'More than 30 % of a model\'s warm requests took longer than it promises in an hour and still do in the last 5 minutes, or more than 5 % in 6 hours and still in the last half hour.'
    query: loadTextContent('../kql/alerts/latency.kql')
    column: 'missed'
    splitBy: 'model'
    threshold: 9
    severity: 2
    frequency: 'PT5M'
    window: 'PT6H'
  }
  {
    name: 'worker-exit'
    title: 'Worker processes end by themselves'
    meaning: 'More than two worker processes in an hour ended with an exit code of their own, as the host tells it.'
    query: loadTextContent('../kql/alerts/worker-exit.kql')
    column: 'exits'
    splitBy: ''
    threshold: 2
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'cold-start'
    title: 'Cold starts are slow'
    meaning: 'The 95th percentile of the app\'s part of a cold start is over its limit, in an hour with at least 5 of them.'
    query: loadTextContent('../kql/alerts/cold-start.kql')
    column: 'p95Milliseconds'
    splitBy: 'trigger'
    threshold: coldStartMilliseconds
    severity: 3
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'cold-share'
    title: 'Many requests meet a starting process'
    meaning: 'More than 5 % of a model\'s requests met a starting process, in half an hour with at least 200 requests.'
    query: loadTextContent('../kql/alerts/cold-share.kql')
    column: 'coldPercent'
    splitBy: 'model'
    threshold: 5
    severity: 3
    frequency: 'PT15M'
    window: 'PT30M'
  }
  {
    name: 'model-refused'
    title: 'A published version is refused'
    meaning: 'Check or probe refused a version; the version before it goes on serving, if there is one.'
    query: loadTextContent('../kql/alerts/model-refused.kql')
    column: 'refused'
    splitBy: 'model'
    threshold: 0
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
  }
  {
    name: 'calibration'
    title: 'A model\'s probabilities do not come true'
    meaning: 'By the outcomes of two days, 500 at least, the calibration error of a live version is surely over what its model.json allows, 0.05 where it does not say. The finding tells whether it says too much or too little.'
    query: loadTextContent('../kql/alerts/calibration.kql')
    column: 'over'
    splitBy: 'finding'
    threshold: 0
    severity: 2
    frequency: 'PT15M'
    window: 'P2D'
  }
  {
    name: 'drift'
    title: 'A model is asked about other rows than it was made for'
    meaning: 'A feature of the requests of a day, 500 rows at least, or the confidence of their predictions, is surely from another population than the baseline in the version\'s package: its population stability index is over 0.25.'
    query: loadTextContent('../kql/alerts/drift.kql')
    column: 'over'
    splitBy: 'finding'
    threshold: 0
    severity: 3
    frequency: 'PT1H'
    window: 'P1D'
  }
  {
    name: 'rollout-braked'
    title: 'A rollout stopped itself'
    meaning: 'A version that was being rolled out was worse than its limits allow, and gets no more requests; the live version answers them all.'
    query: loadTextContent('../kql/alerts/rollout-braked.kql')
    column: 'braked'
    splitBy: 'model'
    threshold: 0
    severity: 3
    frequency: 'PT15M'
    window: 'PT15M'
  }
  {
    name: 'queue-age'
    title: 'Messages wait'
    meaning: 'The oldest message of a queue has waited for more than a quarter of an hour, or for an hour if the app sees no queue and the account\'s log proves it.'
    query: loadTextContent('../kql/alerts/queue-age.kql')
    column: 'minutes'
    splitBy: 'queue'
    threshold: 15
    severity: 2
    frequency: 'PT15M'
    window: 'P2D'
  }
  {
    name: 'poison'
    title: 'Messages are given up'
    meaning: 'At least one message of a job has used up its tries and lies in score-requests-poison.'
    query: loadTextContent('../kql/alerts/poison.kql')
    column: 'poisoned'
    splitBy: ''
    threshold: 0
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
  }
  {
    name: 'job-failed'
    title: 'A job failed'
    meaning: 'At least one job of a model ended without its predictions.'
    query: loadTextContent('../kql/alerts/job-failed.kql')
    column: 'failed'
    splitBy: 'model'
    threshold: 0
    severity: 3
    frequency: 'PT15M'
    window: 'PT15M'
  }
]

// Whoever gets the mail can open it: the workbook lies beside the app and is read with the same rights.
var workbookUrl = '${environment().portal}/#@${tenant().tenantId}/resource${workbookId}/workbook'

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${namePrefix}-alerts'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'scoring'
    emailReceivers: [
      {
        name: 'mail'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${namePrefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Scoring: ${rule.title}'
      description: '${rule.meaning} What to do: ${empty(runbookUrl) ? '${workbookUrl}, run book ${rule.name}' : '${runbookUrl}#${rule.name}'}'
      enabled: true
      severity: rule.severity
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      autoMitigate: true
      // On the first deployment the tables do not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.column
            timeAggregation: 'Maximum'
            dimensions: empty(rule.splitBy)
              ? []
              : [
                  {
                    name: rule.splitBy
                    operator: 'Include'
                    values: [
                      '*'
                    ]
                  }
                ]
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: concat(empty(email) ? [] : [mail.id], empty(actionGroupId) ? [] : [actionGroupId])
        customProperties: {
          rule: rule.name
          runbook: empty(runbookUrl) ? workbookUrl : '${runbookUrl}#${rule.name}'
        }
      }
    }
  }
]
