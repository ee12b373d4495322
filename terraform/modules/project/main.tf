# The services that an installation uses. They stay on when it is destroyed: others may use them by then.
locals {
  services = [
    "artifactregistry", "cloudbuild", "cloudfunctions", "cloudscheduler", "cloudtasks", "compute", "firestore", "iam",
    "iamcredentials", "logging", "monitoring", "pubsub", "run", "secretmanager", "storage",
  ]
}

resource "google_project_service" "used" {
  for_each           = toset(concat(local.services, var.traces ? ["cloudtrace", "telemetry"] : []))
  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

data "google_project" "this" {
  project_id = var.project
}
