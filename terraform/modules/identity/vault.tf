# The accounts' sealed tokens are secrets that the functions make themselves (rostrum-{account}-{field}-{hash}). Neither the
# sealing keys nor the installation's own secrets are among them.
locals {
  tokens = join(" && ", [
    "resource.name.startsWith('projects/${var.number}/secrets/rostrum-')",
    "!resource.name.startsWith('projects/${var.number}/secrets/rostrum-keyring')",
  ])
  opening = ["secretmanager.versions.access", "secretmanager.versions.destroy"]
  sealing = var.vault == "secret_manager" ? ["secretmanager.versions.add"] : []
}

resource "google_project_iam_custom_role" "tokens" {
  project     = var.project
  role_id     = "rostrumTokens"
  title       = "Rostrum: the accounts' tokens"
  description = "Open, add and destroy versions of the accounts' secrets"
  permissions = toset(concat(local.opening, local.sealing))
}

resource "google_project_iam_member" "tokens" {
  for_each = var.uses.vault
  project  = var.project
  role     = "projects/${var.project}/roles/${google_project_iam_custom_role.tokens.role_id}"
  member   = "serviceAccount:${local.accounts[each.key]}"
  condition {
    title      = "only the accounts' tokens"
    expression = local.tokens
  }
}

# Making a secret is a right on the project, which has no name to make a condition of. It opens nothing.
resource "google_project_iam_custom_role" "new_tokens" {
  count       = var.vault == "secret_manager" ? 1 : 0
  project     = var.project
  role_id     = "rostrumNewTokens"
  title       = "Rostrum: secrets for new accounts"
  permissions = ["secretmanager.secrets.create"]
}

resource "google_project_iam_member" "new_tokens" {
  for_each = var.vault == "secret_manager" ? var.uses.vault : toset([])
  project  = var.project
  role     = "projects/${var.project}/roles/${google_project_iam_custom_role.new_tokens[0].role_id}"
  member   = "serviceAccount:${local.accounts[each.key]}"
}
