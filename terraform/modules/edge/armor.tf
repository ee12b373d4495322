# The networks deliver from many addresses in bursts, and prove themselves by signatures: only callers are counted.
resource "google_compute_security_policy" "this" {
  for_each = var.services
  project  = var.project
  name     = "rostrum-${each.value}"
  type     = "CLOUD_ARMOR"

  dynamic "rule" {
    for_each = each.key == "api" ? [var.requests_per_minute] : []
    content {
      description = "Requests of one address in a minute"
      action      = "throttle"
      priority    = 1000
      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = ["*"]
        }
      }
      rate_limit_options {
        conform_action = "allow"
        exceed_action  = "deny(429)"
        enforce_on_key = "IP"
        rate_limit_threshold {
          count        = rule.value
          interval_sec = 60
        }
      }
    }
  }

  rule {
    description = "What no other rule speaks of"
    action      = "allow"
    priority    = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
