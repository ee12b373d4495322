locals {
  # Where a message goes that no attempt could deliver; a row of the manifest may name another topic.
  dead_of = { for name, row in var.subscriptions : name => coalesce(row.dead_letter, "${row.topic}-dead") }
  dead    = toset(values(local.dead_of))
  agent   = "serviceAccount:service-${var.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "this" {
  for_each = setunion(var.topics, local.dead)
  project  = var.project
  name     = each.key
}

resource "google_pubsub_subscription" "push" {
  for_each                   = var.subscriptions
  project                    = var.project
  name                       = replace(each.key, "_", "-")
  topic                      = "projects/${var.project}/topics/${google_pubsub_topic.this[each.value.topic].name}"
  ack_deadline_seconds       = min(600, max(60, each.value.timeout_seconds + 10))
  message_retention_duration = "604800s"

  # Without a call for a month it would be deleted otherwise.
  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = "${var.functions_url}/${each.key}"
    oidc_token {
      service_account_email = var.invoker
      audience              = "${var.functions_url}/${each.key}"
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project}/topics/${google_pubsub_topic.this[local.dead_of[each.key]].name}"
    max_delivery_attempts = 20
  }
}

# What is dead is kept for somebody to look at: `gcloud pubsub subscriptions pull {topic}-kept`.
resource "google_pubsub_subscription" "kept" {
  for_each                   = local.dead
  project                    = var.project
  name                       = "${each.key}-kept"
  topic                      = "projects/${var.project}/topics/${google_pubsub_topic.this[each.key].name}"
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"
  expiration_policy {
    ttl = ""
  }
}

# What a person has to look at, of live and of simulated accounts: kept until somebody has, and acknowledges it
# (`gcloud pubsub subscriptions pull needs-review-kept --auto-ack`). An alert watches it.
resource "google_pubsub_subscription" "review" {
  project                    = var.project
  name                       = "needs-review-kept"
  topic                      = "projects/${var.project}/topics/${google_pubsub_topic.this["events"].name}"
  filter                     = "attributes.type = \"target.needs_review\" OR attributes.type = \"action.needs_review\""
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"
  expiration_policy {
    ttl = ""
  }
}
