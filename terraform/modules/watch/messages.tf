# What is counted of the logs, by the exact words that the code logs (tests/terraform holds them against it).
locals {
  messages = {
    refresh_failures  = ["a token could not be renewed yet"]
    webhooks_given_up = ["a webhook was given up"]
    our_failures      = ["our own infrastructure failed; to be delivered again"]
    not_swept         = ["a target cannot be swept", "a job of the minute failed", "a chore cannot be read"]
    left_to_sweeper   = ["task not enqueued, left to the sweeper", "tasks not enqueued, left to the sweeper", "event not sent, left to the sweeper", "event not announced, left to the sweeper"]
    strangers         = ["internal endpoint refused a caller"]
    adapter_failures  = ["adapter failed while sending", "adapter failed while looking", "adapter failed while confirming", "adapter failed while preparing"]
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
