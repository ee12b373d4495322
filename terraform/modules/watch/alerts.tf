locals {
  # name: what is watched (a time series), over how many seconds it is added up, what is too much, and what to do then.
  alerts = merge(
    {
      for name, row in {
        refresh_failures  = { limit = 20, text = "Tokens are not renewed: look at the accounts of the network that the lines name; its API or our app there may be at fault." }
        webhooks_given_up = { limit = 0, text = "A delivery of a network could not be worked off: `make operate ARGS='dead-letters --replay'` replays it once the reason is mended." }
        our_failures      = { limit = 10, text = "Firestore, Cloud Tasks, Pub/Sub, Secret Manager or Cloud Storage does not answer our functions." }
        not_swept         = { limit = 0, text = "A document keeps the minute's sweep from its work: the line names its path." }
        left_to_sweeper   = { limit = 50, text = "Cloud Tasks or Pub/Sub is not reached: what is due is late, by a minute at most." }
        strangers         = { limit = 20, text = "Somebody calls internal functions, or a token's audience or account is wrong: nothing runs then." }
        adapter_failures  = { limit = 0, text = "An adapter broke: the targets are unknown or tried again; the line has the traceback." }
        } : name => merge(row, {
          filter = "metric.type=\"logging.googleapis.com/user/rostrum/${name}\" AND resource.type=\"cloud_run_revision\""
          window = 600, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM"
      })
    },
    {
      # The sweep finds what waits after 10 s, 30 s, 1 min, each 2 min, and hourly in the end: a window has a line of whatever is stuck.
      oldest_unsettled = {
        filter = "metric.type=\"logging.googleapis.com/user/rostrum/oldest_unsettled\" AND resource.type=\"cloud_run_revision\""
        limit  = 900, window = 3900, aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX"
        text   = "A target's step is over a quarter of an hour late, although the sweep asked for it: the line names the oldest one; look at the errors of publish for it."
      }
      dead_letters = {
        filter = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=one_of(${join(",", [for name in var.dead : "\"${name}-kept\""])})"
        limit  = 0, window = 300, aligner = "ALIGN_MAX", reducer = "REDUCE_MAX"
        text   = "A message could not be delivered in twenty attempts, and is kept aside for 31 days."
      }
      needs_review = {
        filter = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${var.review}\""
        limit  = 0, window = 300, aligner = "ALIGN_MAX", reducer = "REDUCE_MAX"
        text   = "Nobody can know whether something was published: look at the network and resolve it, then acknowledge the message of ${var.review}."
      }
      stuck_messages = {
        filter = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\" AND NOT resource.labels.subscription_id=monitoring.regex.full_match(\".*-kept\")"
        limit  = 900, window = 300, aligner = "ALIGN_MAX", reducer = "REDUCE_MAX"
        text   = "Events or webhooks wait for over a quarter of an hour: look at the errors of record, notify or process."
      }
      late = {
        filter = "metric.type=\"cloudtasks.googleapis.com/queue/task_attempt_delays\" AND resource.type=\"cloud_tasks_queue\" AND resource.labels.queue_id=monitoring.regex.full_match(\"publish-.*\")"
        limit  = 60000, window = 300, aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX"
        text   = "Posts are over a minute late: the queue's rate, or the instances of publish, are too few."
      }
      backlog = {
        filter = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\""
        limit  = 20000, window = 900, aligner = "ALIGN_MAX", reducer = "REDUCE_MAX"
        text   = "A queue grows: its network or our functions are slow."
      }
      errors = {
        filter = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND metric.labels.response_code_class=\"5xx\""
        limit  = 20, window = 300, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM"
        text   = "A function answers 5xx: its lines of severity ERROR say why."
      }
      no_sweep = {
        filter = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.services["sweep"]}\" AND metric.labels.response_code_class=\"2xx\""
        limit  = 1, window = 600, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM"
        text   = "The sweeper has not run for ten minutes: nothing makes up for lost tasks, and unsettled targets grow old."
        below  = true
      }
    },
  )
}

resource "google_monitoring_notification_channel" "email" {
  for_each     = var.emails
  project      = var.project
  display_name = "Rostrum: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
}

resource "google_monitoring_alert_policy" "this" {
  for_each              = local.alerts
  project               = var.project
  display_name          = "Rostrum: ${replace(each.key, "_", " ")}"
  combiner              = "OR"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = replace(each.key, "_", " ")
    condition_threshold {
      filter                  = each.value.filter
      comparison              = try(each.value.below, false) ? "COMPARISON_LT" : "COMPARISON_GT"
      threshold_value         = each.value.limit
      duration                = "0s"
      evaluation_missing_data = try(each.value.below, false) ? "EVALUATION_MISSING_DATA_ACTIVE" : "EVALUATION_MISSING_DATA_INACTIVE"
      aggregations {
        alignment_period     = "${each.value.window}s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
      }
    }
  }

  documentation {
    content   = each.value.text
    mime_type = "text/markdown"
  }

  depends_on = [google_logging_metric.said, google_logging_metric.measured]
}
