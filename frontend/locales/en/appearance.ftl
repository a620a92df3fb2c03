# How the pages look: colours, size, contrast, pictures.

appearance = Appearance
appearance-kept = These choices stay with your account, on all your devices.
appearance-kept-here = These choices stay in this browser. With an account, they go with you everywhere.
theme = Colours
theme-device = As on my device
theme-light = Light
theme-dark = Dark
reading = Reading
larger-text = Larger text
larger-text-hint = Everything grows by a quarter, and nothing is cut off.
more-contrast = Stronger contrast
more-contrast-hint = Bolder colours and clearer edges.
less-motion = Less motion
less-motion-hint = Nothing moves or fades.
saving = Saving data
no-pictures = Do not load pictures
no-pictures-hint = Their description stands in their place; you open them one by one. Useful where the connection is slow or limited.
show-pictures = { $count ->
    [one] Show the picture
   *[other] Show the { $count } pictures
}
not-described = Picture without a description
