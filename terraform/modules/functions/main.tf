locals {
  folders = toset([for row in var.functions : row.folder])
  # gen 2 functions are Cloud Run services, whose names have no underscores.
  services = { for name in keys(var.functions) : name => replace(name, "_", "-") }
}

# A bundle's name has its hash: the same sources are the same object, and other sources are another.
resource "google_storage_bucket_object" "bundle" {
  for_each = local.folders
  bucket   = var.bucket
  name     = "${each.key}-${filesha256("${var.bundles}/${each.key}.zip")}.zip"
  source   = "${var.bundles}/${each.key}.zip"

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_cloudfunctions2_function" "this" {
  for_each = var.functions
  project  = var.project
  location = var.region
  name     = each.key

  build_config {
    runtime         = "python311"
    entry_point     = each.value.entry_point
    service_account = var.builder
    source {
      storage_source {
        bucket = var.bucket
        object = google_storage_bucket_object.bundle[each.value.folder].name
      }
    }
  }

  service_config {
    service_account_email            = var.accounts[each.key]
    available_memory                 = each.value.memory
    available_cpu                    = tostring(each.value.cpu)
    max_instance_request_concurrency = each.value.concurrency
    timeout_seconds                  = each.value.timeout_seconds
    min_instance_count               = lookup(var.min_instances, each.key, 0)
    max_instance_count               = var.max_instances[each.key]
    ingress_settings                 = each.value.trigger == "http" ? var.public_ingress : var.internal_ingress
    all_traffic_on_latest_revision   = true
    environment_variables            = var.environment[each.key]

    dynamic "secret_environment_variables" {
      for_each = var.secrets[each.key]
      content {
        key        = secret_environment_variables.value
        project_id = var.project
        secret     = secret_environment_variables.value
        version    = "latest"
      }
    }
  }
}
