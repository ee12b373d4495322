# Plans with a provider that makes nothing (scripts/terraform). What a plan has to hold is asserted in scripts/terraform/rules.py.
mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project = "rostrum-test"
  region  = "europe-west1"
}

run "production" {
  command = plan

  variables {
    domain         = "rostrum.example.com"
    vault          = "secret_manager"
    min_instances  = { api = 1 }
    alert_emails   = ["oncall@example.com"]
    upload_origins = ["https://app.example.com"]
    traces         = true
    secrets_in_use = [
      "FACEBOOK_CLIENT_SECRET", "FACEBOOK_VERIFY_TOKEN", "GOOGLE_SIGNIN_CLIENT_SECRET", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET",
    ]
    settings = {
      FACEBOOK_CLIENT_ID      = "4711"
      GOOGLE_SIGNIN_CLIENT_ID = "client"
      SIGNIN_ALLOWED          = "@example.com"
      STRIPE_PRICES           = "starter_monthly=price_1"
    }
  }
}
