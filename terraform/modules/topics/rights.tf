locals {
  publishing = { for pair in setproduct(keys(var.publishers), var.topics) : "${pair[0]} ${pair[1]}" => { account = var.publishers[pair[0]], topic = pair[1] } }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishing
  project  = var.project
  topic    = google_pubsub_topic.this[each.value.topic].name
  role     = "roles/pubsub.publisher"
  member   = "serviceAccount:${each.value.account}"
}

# Pub/Sub itself takes a dead message off its subscription and publishes it:
# https://cloud.google.com/pubsub/docs/handling-failures (2026-11)
resource "google_pubsub_topic_iam_member" "buries" {
  for_each = local.dead
  project  = var.project
  topic    = google_pubsub_topic.this[each.key].name
  role     = "roles/pubsub.publisher"
  member   = local.agent
}

resource "google_pubsub_subscription_iam_member" "takes_off" {
  for_each     = var.subscriptions
  project      = var.project
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}
