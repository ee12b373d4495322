locals {
  charts = {
    "Requests by function"         = { filter = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_RATE", by = "resource.labels.service_name" }
    "Answers 5xx by function"      = { filter = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND metric.labels.response_code_class=\"5xx\"", aligner = "ALIGN_RATE", by = "resource.labels.service_name" }
    "Latency p99 by function (ms)" = { filter = "metric.type=\"run.googleapis.com/request_latencies\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_PERCENTILE_99", by = "resource.labels.service_name" }
    "Instances by function"        = { filter = "metric.type=\"run.googleapis.com/container/instance_count\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_MAX", by = "resource.labels.service_name" }
    "Tasks waiting by queue"       = { filter = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\"", aligner = "ALIGN_MAX", by = "resource.labels.queue_id" }
    "Lateness of tasks, p99 (ms)"  = { filter = "metric.type=\"cloudtasks.googleapis.com/queue/task_attempt_delays\" AND resource.type=\"cloud_tasks_queue\"", aligner = "ALIGN_PERCENTILE_99", by = "resource.labels.queue_id" }
    "Messages waiting"             = { filter = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\"", aligner = "ALIGN_MAX", by = "resource.labels.subscription_id" }
    "Firestore reads"              = { filter = "metric.type=\"firestore.googleapis.com/document/read_ops_count\" AND resource.type=\"firestore.googleapis.com/Database\"", aligner = "ALIGN_RATE", by = "metric.labels.type" }
    "Firestore writes"             = { filter = "metric.type=\"firestore.googleapis.com/document/write_ops_count\" AND resource.type=\"firestore.googleapis.com/Database\"", aligner = "ALIGN_RATE", by = "metric.labels.op" }
    "Oldest unsettled target (s)"  = { filter = "metric.type=\"logging.googleapis.com/user/rostrum/oldest_unsettled\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_PERCENTILE_99", by = "resource.labels.service_name" }
    "Tokens that were not renewed" = { filter = "metric.type=\"logging.googleapis.com/user/rostrum/refresh_failures\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_DELTA", by = "resource.labels.service_name" }
  }
}

resource "google_monitoring_dashboard" "this" {
  project = var.project
  dashboard_json = jsonencode({
    displayName = "Rostrum (${var.public_url})"
    gridLayout = {
      columns = "2"
      widgets = [
        for title in sort(keys(local.charts)) : {
          title = title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = local.charts[title].filter
                  aggregation = {
                    alignmentPeriod    = "60s"
                    perSeriesAligner   = local.charts[title].aligner
                    crossSeriesReducer = "REDUCE_SUM"
                    groupByFields      = [local.charts[title].by]
                  }
                }
              }
            }]
          }
        }
      ]
    }
  })
}
