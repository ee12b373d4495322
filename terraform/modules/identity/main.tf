# One account per function. What it may do follows from the ports that its row of the manifest names.
resource "google_service_account" "function" {
  for_each     = var.functions
  project      = var.project
  account_id   = "fn-${replace(each.key, "_", "-")}"
  display_name = "Rostrum: ${each.key}"
}

# Who calls internal functions: the queues, the schedule and the subscriptions show a token of this account.
resource "google_service_account" "invoker" {
  project      = var.project
  account_id   = "rostrum-invoker"
  display_name = "Rostrum: calls the internal functions"
}

# Who builds the functions' images, in place of the default account with its many rights.
resource "google_service_account" "builder" {
  project      = var.project
  account_id   = "rostrum-builder"
  display_name = "Rostrum: builds the functions"
}

locals {
  # Made of parts that are known before anything is made: plans (and their tests) can show who may do what.
  domain   = "${var.project}.iam.gserviceaccount.com"
  accounts = { for name, account in google_service_account.function : name => "${account.account_id}@${local.domain}" }
  invoker  = "${google_service_account.invoker.account_id}@${local.domain}"
  builder  = "${google_service_account.builder.account_id}@${local.domain}"
}
