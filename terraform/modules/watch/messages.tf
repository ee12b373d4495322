# What is counted of the logs, by the exact words that the code logs (tests/terraform holds them against it).
locals {
  messages = {
    refresh_failures  = ["a token could not be renewed yet"]
    webhooks_given_up = ["a webhook was given up"]
    our_failures      = ["our own infrastructure failed; to be delivered again"]
    not_swept         = ["a target cannot be swept", "a job of the minute failed", "a chore cannot be read", "a delivery cannot be read", "an endpoint cannot be read", "a kept delivery cannot be handed out", "an event cannot be told"]
    left_to_sweeper   = ["task not enqueued, left to the sweeper", "tasks not enqueued, left to the sweeper", "event not sent, left to the sweeper", "event not announced, left to the sweeper"]
    strangers         = ["internal endpoint refused a caller"]
    adapter_failures  = ["adapter failed while sending", "adapter failed while looking", "adapter failed while confirming", "adapter failed while preparing"]
  }

  # What is measured of the logs: a line, and the field of it that is a number of seconds.
  measured = {
    oldest_unsettled = { text = "targets wait past their time", field = "seconds" }
  }
}

resource "google_logging_metric" "said" {
  for_each = local.messages
  project  = var.project
  name     = "rostrum/${each.key}"
  filter   = "resource.type=\"cloud_run_revision\" AND jsonPayload.message=(${join(" OR ", [for text in each.value : "\"${text}\""])})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
}

resource "google_logging_metric" "measured" {
  for_each        = local.measured
  project         = var.project
  name            = "rostrum/${each.key}"
  filter          = "resource.type=\"cloud_run_revision\" AND jsonPayload.message=\"${each.value.text}\""
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "s"
  }
  # A percentile is told between the bounds of its bucket: what an alert asks for has to be a bound.
  bucket_options {
    explicit_buckets {
      bounds = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400]
    }
  }
}
