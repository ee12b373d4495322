# One host for both public functions: /webhooks/* is what networks deliver, everything else is the API.
resource "google_compute_global_address" "this" {
  project = var.project
  name    = "rostrum"
}

resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project
  name    = "rostrum-${substr(sha256(var.domain), 0, 8)}"
  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each              = var.services
  project               = var.project
  region                = var.region
  name                  = "rostrum-${each.value}"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value
  }
}

resource "google_compute_backend_service" "this" {
  for_each              = var.services
  project               = var.project
  name                  = "rostrum-${each.value}"
  protocol              = "HTTPS"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.this[each.key].id
  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }
  log_config {
    enable      = true
    sample_rate = 0.1
  }
}

resource "google_compute_url_map" "this" {
  project         = var.project
  name            = "rostrum"
  default_service = google_compute_backend_service.this["api"].id
  host_rule {
    hosts        = [var.domain]
    path_matcher = "all"
  }
  path_matcher {
    name            = "all"
    default_service = google_compute_backend_service.this["api"].id
    path_rule {
      paths   = ["/webhooks/*"]
      service = google_compute_backend_service.this["ingest"].id
    }
  }
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project
  name             = "rostrum"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
}

resource "google_compute_global_forwarding_rule" "this" {
  project               = var.project
  name                  = "rostrum"
  target                = google_compute_target_https_proxy.this.id
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
