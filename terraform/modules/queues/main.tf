locals {
  # Dispatches per second, and at once. A network's own limits are kept by the code; these bound a burst of ours.
  limits = {
    publish   = { rate = 100, at_once = 200 }
    sync      = { rate = 10, at_once = 20 }
    refresh   = { rate = 20, at_once = 40 }
    subscribe = { rate = 10, at_once = 20 }
    webhooks  = { rate = 100, at_once = 200 }
    exports   = { rate = 5, at_once = 10 }
    sandbox   = { rate = 20, at_once = 10 }
  }
}

resource "google_cloud_tasks_queue" "this" {
  for_each = var.queues
  project  = var.project
  location = var.region
  name     = each.key

  rate_limits {
    max_dispatches_per_second = local.limits[split("-", each.key)[0]].rate
    max_concurrent_dispatches = local.limits[split("-", each.key)[0]].at_once
  }

  # A function answers 200 unless our own infrastructure failed. What is given up here, the sweeper hands out again.
  retry_config {
    max_attempts  = 8
    min_backoff   = "1s"
    max_backoff   = "60s"
    max_doublings = 6
  }
}
